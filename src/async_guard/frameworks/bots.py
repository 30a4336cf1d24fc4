"""Bots and sockets: what their libraries ask plain functions for while a message is handled, on the loop."""

from __future__ import annotations

from async_guard.frameworks.tables import LOOP, STARLETTE, Framework, Loaded, Registration, SubclassMethods

_DISCORD = ("discord", "nextcord", "disnake")
"""The library, and those made of it."""
_CHECKS = ("check", "check_once", "before_invoke", "after_invoke")
_OF_COG = (
    "cog_check", "bot_check", "bot_check_once", "cog_app_command_check", "interaction_check", "cog_before_invoke", "cog_after_invoke",
)  # fmt: skip
_ONCE_OF_COG = ("cog_load", "cog_unload")
_ONCE_OF_BOT = ("setup_hook", "login", "start", "connect", "launch_shards", "close")
"""What begins and ends a bot, where a class of the project says more about it."""
_COMMANDS = ("command", "hybrid_command", "group", "hybrid_group")
_MODULE_COMMANDS = tuple(f"ext.commands.{name}" for name in _COMMANDS)
_BOTS = ("ext.commands.Bot", "ext.commands.AutoShardedBot", "Client", "Bot")
_CLIENTS = (*_BOTS, "AutoShardedBot", "AutoShardedClient", "ext.bridge.Bot", "ext.commands.InteractionBot")
_OF_BOT = (*_COMMANDS, "event", "listen", "slash_command", "user_command", "message_command")
_TELEGRAM = ("CommandHandler", "MessageHandler", "StringCommandHandler", "StringRegexHandler", "TypeHandler")
_TELEGRAM_FIRST = (
    "CallbackQueryHandler", "InlineQueryHandler", "ChosenInlineResultHandler", "ChatMemberHandler", "ChatJoinRequestHandler", "PollAnswerHandler",
    "PollHandler", "PreCheckoutQueryHandler", "ShippingQueryHandler", "MessageReactionHandler",
)  # fmt: skip
_AIOGRAM = (
    "message", "edited_message", "channel_post", "edited_channel_post", "callback_query", "inline_query", "chosen_inline_result",
    "my_chat_member", "chat_member", "chat_join_request", "pre_checkout_query", "shipping_query", "poll", "poll_answer", "error", "errors",
)  # fmt: skip
_TELETHON = (
    "NewMessage", "MessageEdited", "MessageDeleted", "MessageRead", "CallbackQuery", "InlineQuery", "ChatAction", "Album", "UserUpdate",
)  # fmt: skip
_HANDSHAKE = ("process_request", "process_response", "select_subprotocol")
_SERVE = (
    "websockets.serve",
    "websockets.asyncio.server.serve",
    "websockets.server.serve",
    "websockets.legacy.server.serve",
)


def _of(*names: str) -> tuple[str, ...]:
    return tuple(f"{library}.{name}" for library in _DISCORD for name in names)


FRAMEWORK = Framework(
    name="bots",
    classes={"aiogram.Router": (), "aiogram.Dispatcher": ("aiogram.Router",)},
    aliases={"aiogram.dispatcher.router.Router": "aiogram.Router", "aiogram.dispatcher.dispatcher.Dispatcher": "aiogram.Dispatcher"},
    registrations=(
        # Telethon asks on the loop whether a handler is meant.
        Registration(tuple(f"telethon.events.{name}" for name in _TELETHON), "check", LOOP, arg=("func", None), beside=True),
        # discord.py (measured: 2.7): a predicate or prefix may be a coroutine function or not; commands and listeners are.
        Registration(_of("ext.commands.check", "app_commands.check", "ext.application_checks.check"), "check", LOOP, arg=("predicate", 0),
                     beside=True),
        Registration(_of(*(f"ext.commands.Bot.{name}" for name in _CHECKS), *(f"ext.commands.AutoShardedBot.{name}" for name in _CHECKS)),
                     "check", LOOP),
        Registration(_of("ext.commands.Bot", "ext.commands.AutoShardedBot"), "check", LOOP, arg=("command_prefix", 0), beside=True),
        Registration(_of(*(f"{bot}.{name}" for bot in _BOTS for name in _OF_BOT if name not in _COMMANDS)), "command", LOOP),
        *(
            Registration(
                tuple(f"{library}.{name}" for name in (*(f"{bot}.{name}" for bot in _BOTS for name in _COMMANDS), *_MODULE_COMMANDS)),
                "command", LOOP, passes=(f"{library}.ext.commands.Context",),
            )
            for library in _DISCORD
        ),
        Registration(_of("ext.commands.Cog.listener", "app_commands.command", "app_commands.context_menu", "app_commands.CommandTree.command",
                         "slash_command"), "command", LOOP, bare=False),
        Registration(_of("ext.tasks.loop"), "scheduled", LOOP, bare=False),
        Registration(tuple(f"telegram.ext.{name}" for name in _TELEGRAM), "handler", LOOP, arg=("callback", 1)),
        Registration(tuple(f"telegram.ext.{name}" for name in _TELEGRAM_FIRST), "handler", LOOP, arg=("callback", 0)),
        # aiogram (measured: 3.31) hands plain functions to a thread.
        Registration(tuple(f"aiogram.{cls}.{name}" for cls in ("Router", "Dispatcher") for name in _AIOGRAM), "handler", STARLETTE, bare=False),
        # websockets (measured: 17.4).
        *(Registration(_SERVE, "hook", LOOP, arg=(name, None), beside=True) for name in _HANDSHAKE),
    ),
    subclasses=(
        *(SubclassMethods(name, "lifespan", tuple((method, LOOP) for method in _ONCE_OF_BOT)) for name in _of(*_CLIENTS)),
        *(SubclassMethods(name, "handler", (("on_*", LOOP),)) for name in _of(*_CLIENTS)),
        *(SubclassMethods(name, "lifespan", tuple((method, LOOP) for method in _ONCE_OF_COG)) for name in _of("ext.commands.Cog", "Cog")),
        *(SubclassMethods(name, "check", tuple((method, LOOP) for method in _OF_COG)) for name in _of("ext.commands.Cog", "Cog")),
        # python-telegram-bot (measured: 22.8): handlers are coroutine functions, filters are not.
        *(
            SubclassMethods(f"telegram.ext.filters.{name}", "filter", (("filter", LOOP), ("check_update", LOOP)))
            for name in ("MessageFilter", "UpdateFilter", "BaseFilter")
        ),
        SubclassMethods("telegram.ext.BaseHandler", "filter", (("check_update", LOOP), ("collect_additional_context", LOOP))),
    ),
    loaded=(
        # discord.py before 2.0, Pycord, nextcord and disnake call plain functions; since 2.0 they must be coroutine functions.
        Loaded(
            "setup", "add_cog", _of(*_CLIENTS),
            plain=("add_cog", "remove_cog", "load_extension", "unload_extension", "reload_extension", "load_extensions"),
        ),
    ),
)  # fmt: skip
