// Options of Keras's layers that are not here, each with what to do instead.

/** What to do about options that a layer has in Keras alone, by Keras's names; one that is off is left out. */
export const refusedOptions: Readonly<Record<string, string>> = {
  optional: 'Save it with optional=False: each call gives its data.',
  ragged: 'Save it with ragged=False: sequences of all lengths are data.',
}
