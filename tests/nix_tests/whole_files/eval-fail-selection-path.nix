{ packages.hello = 1; }
