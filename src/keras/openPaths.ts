// Where callbacks write: a path that the text puts together of parts that are not known, such as the time of day, is a path in which
// they are visible.

import { patternOf } from '../python/text.ts'
import { Unknown, type Value } from '../python/values.ts'
import type { Reader } from './reader.ts'

/** Options of callbacks that are paths. */
const PATHS = ['filepath', 'filename', 'logDir', 'backupDir']

type Given = readonly [name: string, readonly [Value, number]]

/** Options of a callback, whose paths have a name each. A problem tells of those that the text leaves open. */
export const pathsOf = (reader: Reader, options: readonly Given[]): readonly Given[] =>
  options.map(([name, [value, at]]): Given => {
    const path =
      PATHS.includes(name) && value instanceof Unknown && !value.isReported ? patternOf(value) : null
    if (path === null) return [name, [value, at]]
    const { word } = value as Unknown
    reader.interpreter.askFor(at, word, `the path is not known whole: files are written to "${path}"`)
    return [name, [path, at]]
  })
