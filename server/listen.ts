import type { Server } from 'node:http'
import type { Server as TlsServer } from 'node:https'

export class StartError extends Error {
  override name = 'StartError'
}

const ALL = '::'
const ALL_OF_IPV4 = '0.0.0.0'

/**
 * Binds a listener to its port. `::` is every address of the machine, and on one without IPv6 that is every IPv4 address.
 * @throws StartError, naming the variable to change
 */
export async function listen(server: Server | TlsServer, variable: string, port: number, host: string): Promise<void> {
  try {
    await bind(server, port, host)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') {
      throw new StartError(`Port ${port} is in use. Stop what listens there, or set ${variable}.`, { cause: error })
    }
    if (host !== ALL || (code !== 'EAFNOSUPPORT' && code !== 'EADDRNOTAVAIL')) throw error
    await listen(server, variable, port, ALL_OF_IPV4)
  }
}

function bind(server: Server | TlsServer, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
}
