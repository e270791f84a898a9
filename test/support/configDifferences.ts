// Where a written config differs from Keras's.

import { isJsonObject, type Json } from '../../src/formats/config/json.ts'

/** What Keras's serializer keeps beside a config: where the object was made, and how the model was compiled. */
const BESIDE: readonly string[] = ['shared_object_id', 'compile_config']

/** Where a written config differs from Keras's. What it leaves out are options that have no value there. */
export function differences(
  written: Json | undefined,
  theirs: Json,
  path: string,
  beside = BESIDE,
): string[] {
  if (Array.isArray(theirs) && Array.isArray(written) && written.length === theirs.length)
    return theirs.flatMap((value, i) => differences(written[i], value, `${path}[${i}]`, beside))
  if (isJsonObject(theirs) && isJsonObject(written)) {
    const more = Object.keys(written).filter((key) => !Object.hasOwn(theirs, key))
    const less = Object.entries(theirs).flatMap(([key, value]) => {
      if (beside.includes(key)) return []
      if (!Object.hasOwn(written, key))
        return value === null || value === false
          ? []
          : [`${path}.${key} is missing: ${JSON.stringify(value)}`]
      return differences(written[key], value, `${path}.${key}`, beside)
    })
    return [...more.map((key) => `${path}.${key} is not in Keras's`), ...less]
  }
  return written === theirs ? [] : [`${path}: ${JSON.stringify(written)} for ${JSON.stringify(theirs)}`]
}
