// Functions that make objects, as JavaScript's classes are used: with `new` or without it, and behind `instanceof`.

/** Makes objects, with `new` or without it. */
export interface Constructor<Args extends readonly unknown[], Made> {
  (...args: Args): Made
  new (...args: Args): Made
}

/**
 * The constructor of what `make` makes. Objects with the class's name are its instances, whoever made them: files make some, too.
 *
 * @param className Keras's name of the class, which minifiers leave as it is.
 */
/* @__NO_SIDE_EFFECTS__ */
export function constructorOf<Args extends readonly unknown[], Made>(
  className: string,
  make: (...args: Args) => Made,
): Constructor<Args, Made> {
  // No arrow, since these refuse `new`.
  function construct(...args: Args): Made {
    return make(...args)
  }
  // A function that returns its object is a constructor, which TypeScript does not know.
  return Object.defineProperties(construct, {
    name: { value: className },
    // What `make` returns would have no methods of a class that extends this one: without a prototype JavaScript refuses the class.
    prototype: { value: undefined },
    [Symbol.hasInstance]: { value: (object: unknown) => Object(object).className === className },
  }) as unknown as Constructor<Args, Made>
}
