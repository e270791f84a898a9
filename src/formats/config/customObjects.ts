// Classes and functions of one's own that a call is given for the names that a file or a config has.

import { describeValue, fail } from '../../errors.ts'
import { registerIn } from '../../layers/register.ts'
import { isOptions } from '../../util/options.ts'

/** Classes and functions of one's own by their names in files. */
export type CustomObjects = Readonly<
  Record<string, (abstract new (...args: never[]) => object) | ((...args: never[]) => unknown)>
>

/**
 * Registers all of them.
 *
 * @throws {RecurraError} if they are no object of classes and functions, or another class or function has one of the names.
 */
export function registerObjects(where: string, objects: unknown): void {
  if (!isOptions(objects))
    fail(where, {
      expected: 'customObjects to be an object of classes and functions by name',
      got: describeValue(objects),
      remedy: 'Write { customObjects: { Attention } }.',
    })
  for (const [name, object] of Object.entries(objects)) registerIn(`${where}, customObjects`, name, object)
}
