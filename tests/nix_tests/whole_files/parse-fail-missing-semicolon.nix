# The error is where the next binding begins.
{
  description = "é";
  inputs = [ ]
  outputs = { };
}
