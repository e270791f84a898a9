/** The API reference is made without a warning: links lead somewhere, and what is exported has a comment. */
import { execFile } from 'node:child_process'
import { execPath } from 'node:process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('npm run docs:api has no warnings', async () => {
  const typedoc = 'test/outside/node_modules/typedoc/bin/typedoc'
  const options = ['--options', 'test/outside/typedoc.config.mjs', '--emit', 'none', '--logLevel', 'Warn']
  // It ends with an error where there is a warning.
  const { stdout, stderr } = await promisify(execFile)(execPath, [typedoc, ...options])
  expect(stdout + stderr).toBe('')
})
