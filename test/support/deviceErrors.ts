/**
 * Fails a test on what any device reports while it runs, as `recurra/testing` does for those who use it. Vitest runs this file before
 * each test file, since files that share a worker share its device, too.
 */
import { afterEach } from 'vitest'
import { checkGpu } from '../../src/testing/devices.ts'

afterEach(checkGpu)
