// The floor under every server here: node:http that reads a JSON body and answers with one.
import http from 'node:http'

const server = http.createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const body = JSON.stringify({ echoed: Object.keys(JSON.parse(Buffer.concat(chunks).toString('utf8'))).length })
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) })
    response.end(body)
  })
})
server.keepAliveTimeout = 65_000
server.listen(Number(process.env.PORT), '127.0.0.1', () => process.send?.('ready'))
