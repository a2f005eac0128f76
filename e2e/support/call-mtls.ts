import https from 'node:https'

type Client = { cert?: string; key?: string; clientId: string; clientSecret: string }

/** One request over a connection of its own, as a program of an application makes it; the status of its answer. */
export function callMtls(url: string, { cert, key, clientId, clientSecret }: Client): Promise<number> {
  return new Promise((resolve, reject) => {
    const auth = `${clientId}:${clientSecret}`
    const request = https.request(url, { cert, key, auth, agent: false, rejectUnauthorized: false }, (response) => {
      response.resume()
      response.once('end', () => resolve(response.statusCode ?? 0))
    })
    request.once('error', reject)
    request.end()
  })
}
