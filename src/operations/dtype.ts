/** What of Keras's arguments means nothing here: all numbers are floats. */
export type Dtype = string | null
