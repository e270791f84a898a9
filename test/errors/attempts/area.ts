// What new users try, as they type it: JavaScript, with every name of the package in reach.

/** A call that does not end in an error of the package, and why that is right. */
export interface Right {
  readonly code: string
  readonly since: string
  /** Whether it ends in an error of the caller's own. */
  readonly throws: boolean
}

/** Attempts at one part of the package. */
export interface Area {
  readonly title: string
  /** Runs before each attempt, which sees its names. */
  readonly setup?: string
  /** Calls that are refused, and such as are right. */
  readonly attempts: readonly (string | Right)[]
}

/** An attempt that is right to be accepted. */
export const accepted = (code: string, since: string): Right => ({ code, since, throws: false })

/** An attempt that ends in an error of the caller's own. */
export const passed = (code: string, since: string): Right => ({ code, since, throws: true })
