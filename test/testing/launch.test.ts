/** How browsers are launched for WebGPU, and what is said where that cannot be. */
import { afterEach, expect, test, vi } from 'vitest'
import { findBrowser } from '../../src/testing/browsers.ts'
import { problemsOf } from '../../src/testing/findings.ts'
import { joinFeatures, webgpuArguments, webgpuLaunchOptions } from '../../src/testing/launch.ts'

afterEach(() => vi.unstubAllEnvs())

test('software and hardware differ, and the environment says which it is', () => {
  const software = webgpuArguments('software')
  expect(software).toContain('--use-webgpu-adapter=swiftshader')
  expect(webgpuArguments('hardware')).not.toContain('--use-webgpu-adapter=swiftshader')
  vi.stubEnv('RECURRA_GPU', 'software')
  expect(webgpuArguments()).toEqual(software)
  vi.stubEnv('RECURRA_GPU', 'hardwear')
  expect(() => webgpuArguments()).toThrow(
    "webgpuArguments: expected RECURRA_GPU to be one of 'auto', 'hardware', 'software'",
  )
  expect(() => webgpuArguments()).toThrow("Did you mean 'hardware'?")
})

test('features of several arguments are one', () => {
  expect(joinFeatures(['--a', '--enable-features=X,Y', '--b', '--enable-features=Y,Z'])).toEqual([
    '--a',
    '--b',
    '--enable-features=X,Y,Z',
  ])
  expect(joinFeatures(['--a'])).toEqual(['--a'])
})

test('a browser that is named is taken, or named as missing', async () => {
  const options = await webgpuLaunchOptions({ executablePath: process.execPath, args: ['--own'] })
  expect(options).toMatchObject({ executablePath: process.execPath, args: expect.arrayContaining(['--own']) })
  await expect(findBrowser('/nowhere/chrome')).rejects.toThrow(
    'findBrowser: expected a browser at executablePath, got nothing at /nowhere/chrome.',
  )
  vi.stubEnv('CHROME_PATH', '/nowhere/chromium')
  await expect(findBrowser()).rejects.toThrow('a browser at CHROME_PATH, got nothing at /nowhere/chromium')
})

test.each([
  [{ gpu: false, secure: false }, 'the page is no secure context. Serve it from localhost, or by https'],
  [{ gpu: false, secure: true }, 'the browser has no navigator.gpu. Launch it with webgpuLaunchOptions()'],
  [{ gpu: true, secure: true }, 'nobody called requestAdapter()'],
])('a device that is missing where a page has %j', (support, reason) => {
  const findings = { events: [], messages: [], support: [support] }
  expect(problemsOf(findings, { requireDevice: true })).toEqual([
    `expected a WebGPU device, got none: ${reason}`,
  ])
})

test('adapters that are none, a canvas that cannot show, and repetitions', () => {
  const lost = { kind: 'lost', label: '', reason: 'destroyed', message: 'gone' } as const
  const none = { kind: 'adapter', found: false, isFallback: false, name: '' } as const
  const findings = { events: [none, lost, lost], messages: ['console.error: x'], support: [] }
  expect(problemsOf(findings, { requireDevice: true, allow: ['error: x'] })).toEqual([
    expect.stringMatching(/^the device was lost \(destroyed\): gone Nobody destroyed it.* \(2 times\)$/),
    expect.stringContaining('requestAdapter() gave null'),
  ])
})
