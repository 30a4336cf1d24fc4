"""dev loader"""
import re, tomllib, pathlib
from async_guard.model.catalogue import *
from async_guard.model.findings import Severity
def parse_type(s):
    toks=re.findall(r"[\w.:@*]+|[\[\],|]",s); pos=0
    def union_():
        nonlocal pos
        parts=[atom()]
        while pos<len(toks) and toks[pos]=="|":
            pos+=1; parts.append(atom())
        return parts[0] if len(parts)==1 else ("union",tuple(parts))
    def atom():
        nonlocal pos
        t=toks[pos]; pos+=1; args=[]
        if pos<len(toks) and toks[pos]=="[":
            pos+=1
            while toks[pos]!="]":
                args.append(union_())
                if toks[pos]==",": pos+=1
            pos+=1
        if t=="self": return ("self",)
        if t=="None": return ("none",)
        if t=="any": return ("any",)
        if t in("awaitable","cm","acm","callable"): return (t,args[0] if args else ("any",))
        if t=="type": return ("class",args[0][1] if args and args[0][0]=="inst" else "builtins.object")
        if ":" in t:
            f,_,r=t.partition(":")
            if f=="decorator": return ("decorator",r)
            return (f,ref(r))
        if "@" in t: return ("arg",ref(t))
        if "." not in t and t[0].isupper(): return ("param",t)
        return ("inst",t,tuple(args))
    return union_()
def ref(s):
    k,_,p=s.partition("@")
    return ArgRef(k or None,int(p) if p else None)
def cond(s):
    s=s.strip()
    for op,sym in (("eq"," == "),("is"," is "),("mentions"," mentions ")):
        if sym in s:
            a,_,v=s.partition(sym)
            v=v.strip()
            if op=="eq":
                import ast; v=ast.literal_eval(v)
            return Condition(op,ref(a.strip()),v)
    if s.startswith("not "): return Condition("not",ref(s[4:].strip()))
    return Condition("given",ref(s))
SEV={"error":Severity.ERROR,"warning":Severity.WARNING,"info":Severity.INFO,"negligible":Severity.NEGLIGIBLE}
def effect(d,base):
    sev=SEV.get(d.get("severity",base.get("severity","none")))
    g=lambda k:d.get(k,base.get(k,""))
    return Effect(sev,g("because"),g("category"),g("instead"),d.get("cost",""),g("proof"),g("unproven"),g("docs"),tuple(map(cond,d.get("unless",()))),tuple(map(cond,d.get("only_if",()))),tuple(d.get("after",())))
def fn(name,d,base,awaitable=False):
    runs=tuple(Run(ArgRef("*",None) if r["arg"]=="*" else ref(r["arg"]),r["on"],r.get("pass","").partition("@")[0],(lambda x: ref(x) if "@" in x else None)(("x" if False else r.get("pass","")) .replace("args@","@").replace("items@","@")) if "@" in r.get("pass","") else None) for r in d.get("runs",()))
    runs=tuple(r if r.passes_arg is None else Run(r.arg,r.on,r.passes,ArgRef(r.passes if r.passes=="args" else None,r.passes_arg.position)) for r in runs)
    cases=tuple((cond(c["when"]),fn(name,{**{k:v for k,v in d.items() if k!="cases"},**c},base,awaitable)) for c in d.get("cases",()))
    eff=None if awaitable else effect(d,base)
    return FunctionEntry(name,eff if eff and eff.severity else None,parse_type(d["returns"]) if d.get("returns") else None,runs,tuple(ArgRef("*",None) if c=="*" else ref(c) for c in d.get("consumes",())),cases,awaitable)
DUN={"construct":"__init__","enter":"__enter__","exit":"__exit__","iterate":"__iter__","getitem":"__getitem__","setitem":"__setitem__","delitem":"__delitem__","contains":"__contains__","len":"__len__","eq":"__eq__","bool":"__bool__","call":"__call__","lt":"__lt__"}
class Catalogue:
    def __init__(self):
        self.t={}; self.alias={}; self.mods={}
        for p in sorted((pathlib.Path(__file__).parent/"data").glob("*.toml")):
            try: doc=tomllib.loads(p.read_text())
            except Exception as e: print("BAD",p,e); continue
            base={k:doc.get(k,"") for k in("category","docs")}
            for f in doc.get("function",()):
                b={**base,**{k:f[k] for k in ("category","docs") if k in f}}
                try: e=fn(f["names"][0],f,{**base})
                except Exception as ex: print("BADF",p.name,f.get("names"),ex); continue
                for n in f["names"]:
                    self.t[n]=e
                    self.alias[n]=f["names"][0] if False else n
            for c in doc.get("class",()):
                try: self.klass(c,base)
                except Exception as ex: print("BADC",p.name,c.get("names"),repr(ex))
            for v in doc.get("value",()):
                for n in v["names"]: self.t[n]=ValueEntry(n,parse_type(v["type"]))
            for m in doc.get("module",()): self.mods[m["name"]]=ModuleEntry(m["name"],effect(m,base))
    def klass(self,c,base):
        cb={**base,**{k:c[k] for k in("severity","because","category","instead","docs","proof","unproven") if k in c}}
        name=c["names"][0]; isa=c.get("async",False); sync=set(c.get("sync",()))
        ms={}
        ret=c.get("returns",{})
        none={**cb,"severity":"none"}
        for m in c.get("blocking",()): ms[m]=fn(f"{name}.{m}",{"returns":ret.get(m)} ,cb)
        for m in c.get("safe",()): ms[m]=fn(f"{name}.{m}",{"returns":ret.get(m)},none)
        for m in sync: ms[m]=fn(f"{name}.{m}",{"returns":ret.get(m)},none)
        for m,t in ret.items():
            if m not in ms: ms[m]=fn(f"{name}.{m}",{"returns":t},none,isa and m not in sync)
        for m,d in c.get("methods",{}).items():
            ms[m]=fn(f"{name}.{m}",{**({"returns":ret[m]} if m in ret else {}),**d},none if "severity" not in d and m not in c.get("blocking",()) else cb,isa and m not in sync and not m.startswith("__"))
        for k,dn in DUN.items():
            if k in c:
                d=dict(c[k])
                r=c.get("item") if k=="iterate" else c.get("enter_returns","self") if k=="enter" else c.get(k+"_returns")
                if r and "returns" not in d: d["returns"]=r
                ms[dn]=fn(f"{name}",d,{**cb,"severity":"none"} if "severity" not in d else cb)
        if "item" in c and "__iter__" not in ms: ms["__iter__"]=fn(name,{"returns":c["item"]},none)
        if "enter_returns" in c and "__enter__" not in ms: ms["__enter__"]=fn(name,{"returns":c["enter_returns"]},none)
        if "enter_returns" in c: ms["__aenter__"]=fn(name,{"returns":c["enter_returns"]},none)
        if "getitem_returns" in c and "__getitem__" not in ms: ms["__getitem__"]=fn(name,{"returns":c["getitem_returns"]},none)
        if "await_returns" in c: ms["__await__"]=fn(name,{"returns":c["await_returns"]},none)
        if isa and "*" not in ms: ms["*"]=fn(f"{name}.*",{},none,True)
        e=ClassEntry(name,tuple(c.get("bases",())),tuple(c.get("params",())),isa,ms,{k:parse_type(v) for k,v in c.get("attributes",{}).items()},{k:effect(v,cb) for k,v in c.get("property",{}).items()})
        for n in c["names"]: self.t[n]=e
    def lookup(self,d): return self.t.get(d)
    def canonical(self,d):
        e=self.t.get(d); return e.name if e is not None else d
    def class_entry(self,d):
        e=self.t.get(d); return e if isinstance(e,ClassEntry) else None
    def linear(self,d):
        out=[];q=[d]
        while q:
            n=q.pop(0); e=self.class_entry(n)
            if e and e not in out: out.append(e); q.extend(e.bases)
        return out
    def method(self,c,m):
        l=self.linear(c)
        for e in l:
            if m in e.methods: return e,e.methods[m]
        if m.startswith("__"): return None
        for e in l:
            if "*" in e.methods: return e,e.methods["*"]
        return None
    def attribute(self,c,a):
        l=self.linear(c)
        for e in l:
            if a in e.attributes: return e.attributes[a]
        for e in l:
            if "*" in e.attributes: return e.attributes["*"]
        return None
    def property(self,c,a):
        for e in self.linear(c):
            if a in e.properties: return e.properties[a]
        return None
    def is_subclass(self,a,b):
        b=self.canonical(b)
        return any(e.name==b for e in self.linear(a)) or a==b
    def module_effect(self,d):
        while "." in d:
            d=d.rpartition(".")[0]
            if d in self.mods: return self.mods[d]
        return None
