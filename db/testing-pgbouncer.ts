import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, writeFile } from 'node:fs/promises'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'

/**
 * PgBouncer in transaction mode in front of a cluster: for the run of the integration tests that goes through it. Each test file has a
 * database of its own, whose server connections must not outlive it by long.
 */
export async function startPgBouncer(
  clusterUrl: string,
  directory: string,
): Promise<{ url: string; stop(): Promise<void> }> {
  const cluster = new URL(clusterUrl)
  const port = await freePort()
  const users = path.join(directory, 'pgbouncer-users.txt')
  const configuration = path.join(directory, 'pgbouncer.ini')
  await writeFile(users, `"${cluster.username}" "${cluster.password}"\n`)
  await writeFile(
    configuration,
    `[databases]
* = host=${cluster.hostname} port=${cluster.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = plain
auth_file = ${users}
pool_mode = transaction
default_pool_size = 5
max_client_conn = 500
max_db_connections = 6
server_reset_query_always = 0
server_idle_timeout = 5
ignore_startup_parameters = extra_float_digits
logfile =
`,
  )
  await Promise.all([users, configuration].map((file) => chmod(file, 0o644)))
  const asRoot = os.userInfo().uid === 0
  const child = spawn('pgbouncer', ['-q', ...(asRoot ? ['-u', 'postgres'] : []), configuration], { stdio: 'ignore' })
  await reachable(port, child)
  cluster.port = String(port)
  return {
    url: cluster.href,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        child.kill('SIGKILL')
      }),
  }
}

async function freePort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function reachable(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (child.exitCode !== null) throw new Error(`pgbouncer ended with ${child.exitCode}`)
    const open = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
    })
    if (open) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('pgbouncer does not answer')
}
