const adapter = await navigator.gpu.requestAdapter()
const device = await adapter.requestDevice()
const context = document.querySelector('canvas').getContext('webgpu')
context.configure({ device, format: navigator.gpu.getPreferredCanvasFormat() })

function draw() {
  const encoder = device.createCommandEncoder()
  const view = context.getCurrentTexture().createView()
  const clearValue = [0, 0.5, 0, 1]
  encoder
    .beginRenderPass({ colorAttachments: [{ view, clearValue, loadOp: 'clear', storeOp: 'store' }] })
    .end()
  device.queue.submit([encoder.finish()])
}
draw()
await device.queue.onSubmittedWorkDone()
document.title = 'drawn'
