const worker = new Worker(new URL('./inWorker.js', import.meta.url), { type: 'module' })
worker.onmessage = ({ data }) => {
  document.body.textContent = data
}
