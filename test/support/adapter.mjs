/**
 * A WebGPU adapter for the project's own tests: SwiftShader and a browser out of the npm package @sparticuz/chromium on linux x64, so
 * that nothing is downloaded and nothing has to be installed; on other machines the browser and the GPU that they have.
 *
 *   RECURRA_ADAPTER=system    keep the GPU of this machine
 *   FAST_ADAPTER=1            the environment brings a Vulkan driver of its own for Node: keep that
 */
import { delimiter, join } from 'node:path'
import { env } from 'node:process'
import { tsImport } from 'tsx/esm/api'

/**
 * What a process needs to find an adapter.
 * @typedef {object} Adapter
 * @property {Record<string, string>} env variables to start Node with; Dawn reads them before any script runs
 * @property {{ executablePath: string, args: string[], env: Readonly<Record<string, string>> }} chromium how to launch a browser
 */

/** @param {string} name */
const source = (name) => tsImport(`../../src/testing/${name}.ts`, import.meta.url)

/**
 * Unpacks what is missing (about 3 s the first time) and says how to start Node and a browser with a WebGPU adapter.
 * @returns {Promise<Adapter>}
 */
export async function prepareAdapter() {
  /** @type {[typeof import('../../src/testing/packagedChromium.ts'), typeof import('../../src/testing/browsers.ts'), typeof import('../../src/testing/launch.ts')]} */
  const [{ packagedChromium }, { findBrowser }, { webgpuArguments }] = await Promise.all([
    source('packagedChromium'),
    source('browsers'),
    source('launch'),
  ])
  const ownGpu = env.RECURRA_ADAPTER === 'system'
  const packaged = await packagedChromium()
  const browser = packaged ?? (await findBrowser())
  const args = webgpuArguments(ownGpu ? 'hardware' : 'software')
  const chromium = { executablePath: browser.executablePath, args, env: browser.env }
  if (packaged === null || ownGpu || env.FAST_ADAPTER === '1') return { env: {}, chromium }
  const driver = join(packaged.folder, 'vk_swiftshader_icd.json')
  const libraries = [packaged.folder, env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter)
  return {
    env: { LD_LIBRARY_PATH: libraries, VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver },
    chromium,
  }
}
