# A file that is a function is called with the arguments of the command line.
{ number, string, fallback ? "fallback", ... }@all:
{
  result = { inherit number string fallback; names = builtins.attrNames all; };
}
