// Options of Keras's layers that are not here, each with what to do instead.

/** What to do about options that a layer has in Keras alone, by Keras's names; one that is off is left out. */
export const refusedOptions: Readonly<Record<string, string>> = {
  optional: 'Save the model with optional=False, and give the input data in every call.',
  ragged: 'Save the model with ragged=False: sequences that differ in length are data as they are.',
}
