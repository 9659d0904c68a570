"""One module a slide: a function Asked -> Slide."""
