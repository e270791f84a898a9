/**
 * Each test file begins as in a fresh process, though files share workers: no layer has a name yet, policies are the defaults,
 * nothing is recorded, and paths are those of the disk. What it draws is the same in every run: what fails, fails again.
 */
import { beforeAll } from 'vitest'
import { clearSession, config, setSeed } from '../../src/index.ts'
import { endMemoryFiles } from './memoryFiles.ts'
import { endRecordings } from './recordDevice.ts'

const freshen = (): void => {
  clearSession()
  config.setDtypePolicy('float32')
  config.setImageDataFormat('channels_last')
  setSeed(1)
}

endRecordings()
endMemoryFiles()
// What a file makes as it is imported has the names of a fresh process, and so has what its tests make.
freshen()
beforeAll(freshen)
