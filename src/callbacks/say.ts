// What callbacks print, as Keras does: on standard output, or on a page's console.

import { standardOutput } from '../training/output.ts'

/** Prints a message. One that begins with a line break leaves a progress bar under way as it stands. */
export function say(message: string): void {
  const { kind, write } = standardOutput()
  write(kind === 'console' ? message.trimStart() : `${message}\n`)
}
