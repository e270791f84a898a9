/** docs/keras-compatibility.md says what is so: made again, it is the same. `-u` writes it. */
import { expect, test } from 'vitest'
import * as api from '../src/index.ts'
import { compatibilityPage } from './support/compatibility.ts'

test('docs/keras-compatibility.md is what the tables say', async () => {
  await expect(await compatibilityPage(api)).toMatchFileSnapshot('../docs/keras-compatibility.md')
})
