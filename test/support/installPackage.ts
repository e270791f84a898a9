/** A folder of somebody who has installed the published package. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type PackedPackage, packPackage } from './packPackage.ts'

export interface Installed extends PackedPackage {
  /** Where `import 'recurra'` finds the package, which finds the packages of this project. */
  readonly home: string
  remove(): void
}

export async function installPackage(): Promise<Installed> {
  const packed = await packPackage()
  // Outside the project, whose tsconfig.json tells bundlers to take the sources.
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'recurra-installed-'))
  mkdirSync(`${home}/node_modules`)
  symlinkSync(packed.folder, `${home}/node_modules/recurra`, 'junction')
  writeFileSync(`${home}/package.json`, '{ "private": true }')
  return { ...packed, home, remove: () => rmSync(home, { recursive: true }) }
}
