/** What checkers that take long say of the types in the archive that is published: nothing. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { packPackage } from '../support/packPackage.ts'
import { untold } from './told.ts'
import { typeProblemsOf } from './typeProblems.ts'

const { archive, folder } = await packPackage()

test('the types of every entry are right, however it is resolved', async () => {
  const { problems, entries } = await typeProblemsOf(readFileSync(archive))
  expect(problems).toEqual([])
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8'))
  expect([...entries].sort()).toEqual(Object.keys(exports).sort())
})

test('all that an editor offers has a text', () => {
  const { members, told } = untold(folder)
  expect(members).toEqual([])
  expect(told).toBeGreaterThan(3000)
})
