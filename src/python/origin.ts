// Where in a text a value lies that is not known.

/** What a value that is not known comes of: something in the text that is to be told of only where the value is needed. */
export interface Origin {
  readonly at: number
  readonly word: string
  readonly message: string
  /** How what is to be given for the word is written; undefined where nothing can be given. */
  readonly form?: string
}
