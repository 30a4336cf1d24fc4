"""What is known of libraries: which callables block, how badly, what they return and run. The format is described in docs/catalogue.md."""
