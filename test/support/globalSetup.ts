/** Runs once before all tests in Node: without an adapter they fail here, all of them, and none is skipped. */
import { requestAdapter } from './gpu.ts'

export default async function setup(): Promise<void> {
  await requestAdapter()
}
