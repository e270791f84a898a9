/** Each test file begins as in a fresh process, though files share workers: no layer has a name yet, and policies are the defaults. */
import { beforeAll } from 'vitest'
import { clearSession, config } from '../../src/index.ts'

beforeAll(() => {
  clearSession()
  config.setDtypePolicy('float32')
  config.setImageDataFormat('channels_last')
})
