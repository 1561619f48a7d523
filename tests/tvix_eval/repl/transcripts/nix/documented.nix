let
  /**
    Bound by `let`.
  */
  inner = x: x;
in
{
  inherit inner;

  /**
    Joins *two* strings with a **hyphen**, which goes on for so long that it has to be put on a second line.

    ```nix
    join "a" "b"
    => "a-b"
    ```

    # Arguments

    `left`

    : What comes first
  */
  join = left: right: "${left}-${right}";

  /** On one line. */
  brief = { a, b ? 1 }: a + b;

  /**
    A number.
  */
  number = 7;

  bare = x: x;

  curried =
    /**
      Outside.
    */
    x:
    /**
      Inside.
    */
    y: x;

  callable = {
    /**
      Called like a function.
    */
    __functor = self: x: x;
  };
}
