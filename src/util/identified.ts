// What stands for an object in files and in options: the name of its class, and its options.

/** The class and options of an object, as files have them and users may write them. */
export interface Identified {
  /** Keras's name of the class, or the name that one of the user's own is registered by. */
  readonly className: string
  /** Its options, in camelCase. */
  readonly config?: Readonly<Record<string, unknown>>
}
