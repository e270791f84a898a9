// A .keras file of Keras 2 in the words of Keras 3.

import type { KerasArchive } from './kerasArchive.ts'
import { compileConfigOfOlder } from './olderCompile.ts'
import { configOfOlder } from './olderConfig.ts'

export function today(archive: KerasArchive, where: string): KerasArchive {
  const config = configOfOlder(archive.config, `${where}, entry "config.json"`)
  return {
    ...archive,
    config,
    compileConfig: compileConfigOfOlder(archive.compileConfig ?? undefined, config),
  }
}
