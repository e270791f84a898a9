/**
 * `recurra/testing/node`: `node --import recurra/testing/node --test` gives tests of node:test `navigator.gpu`, and fails them on what any device
 * reports. Without an adapter they fail.
 */

import { afterEach } from 'node:test'
import { checkGpu, watchedGpu } from './devices.ts'

// The process that starts those of test files has no tests.
const onlyStarts =
  process.execArgv.includes('--test') && !process.execArgv.some((each) => /isolation=none/.test(each))
if (!onlyStarts) {
  await watchedGpu()
  afterEach(checkGpu)
}
