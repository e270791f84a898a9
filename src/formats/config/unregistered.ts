// Classes of the user's own that files have by the names of their sources, since they are not registered.

import { registeredClass } from '../../layers/classNames.ts'
import { isOptions } from '../../util/options.ts'
import { isOfUser } from './classInFiles.ts'
import type { Json } from './json.ts'

/** Classes that users were told of. */
const told = new Set<string>()

/** Says, once, that a file has an own class by a name that its reader must be told. */
export function warnOfClass(className: string): void {
  if (registeredClass(className) || told.has(className)) return
  told.add(className)
  console.warn(
    `The class ${className} is not registered: files have it by its name in the source, which minifiers change, ` +
      `and loading asks for it. Call register('${className}', ${className}) before.`,
  )
}

/** Says it of all classes in a config. */
export function warnOfClasses(config: unknown): void {
  if (Array.isArray(config)) for (const each of config) warnOfClasses(each)
  if (!isOptions(config)) return
  const { class_name: className, registered_name: name = className, module } = config
  if (typeof className === 'string' && isOfUser(module as Json)) warnOfClass(String(name ?? className))
  for (const each of Object.values(config)) warnOfClasses(each)
}
