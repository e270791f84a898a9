/** The package as it is published: the archive that `npm pack` writes, once for all tests. */
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { platform } from 'node:process'
import { promisify } from 'node:util'
import { writeTypes } from '../../.ci/types.ts'
import { builtDist, SOURCES } from './buildPackage.ts'
import { builtOnce, root } from './builtOnce.ts'

export interface PackedPackage {
  /** Path of the archive. */
  readonly archive: string
  /** Folder of the files in it, without the packages that it depends on. */
  readonly folder: string
  /** Bytes of the archive. */
  readonly size: number
  /** Bytes of what it holds. */
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string; readonly size: number }[]
}

const DOCUMENTS = ['README.md', 'LICENSE', 'CHANGELOG.md', 'CONTRIBUTING.md', 'docs']

export async function packPackage(): Promise<PackedPackage> {
  const packed = await builtOnce('packed', [...SOURCES, ...DOCUMENTS, 'tsconfig.build.json'], packInto)
  const { filename, ...sizes } = JSON.parse(readFileSync(join(packed, 'packed.json'), 'utf8'))
  return { archive: join(packed, filename), folder: join(packed, 'package'), ...sizes }
}

async function packInto(folder: string): Promise<void> {
  const cwd = join(folder, 'package')
  mkdirSync(cwd)
  cpSync(await builtDist(), join(cwd, 'dist'), { recursive: true })
  writeTypes(join(cwd, 'dist'))
  for (const name of [...DOCUMENTS, 'package.json']) cpSync(root + name, join(cwd, name), { recursive: true })
  const { stdout } = await promisify(execFile)(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', '..'],
    { cwd, shell: platform === 'win32', maxBuffer: 2 ** 24 },
  )
  const [{ filename, size, unpackedSize, files }] = JSON.parse(stdout)
  writeFileSync(join(folder, 'packed.json'), JSON.stringify({ filename, size, unpackedSize, files }))
}
