"""The interactive evaluator: ``tvix-eval repl``. Imported only when one is started."""
