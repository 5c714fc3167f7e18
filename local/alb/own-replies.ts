import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A page of the balancer's own, like the ALB's: the function was not reached or misbehaved. */
export function sendOwnPage(response: ServerResponse, status: number, last: boolean): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const page = html(status);
  // With its reason: a forbidden one of the function is remembered by the response.
  response.writeHead(status, reason(status), {
    server: 'awselb/2.0',
    'content-type': 'text/html',
    'content-length': page.length,
    ...(last ? { connection: 'close' } : {}),
  });
  response.end(response.req.method === 'HEAD' ? undefined : page);
}

/** The same for a connection whose request could not even be parsed; it is closed. */
export function refuseConnection(socket: Socket, status: number): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const page = html(status);
  socket.end(
    `HTTP/1.1 ${status} ${reason(status)}\r\nServer: awselb/2.0\r\nContent-Type: text/html\r\n` +
      `Content-Length: ${page.length}\r\nConnection: close\r\n\r\n${page}`,
  );
}

function reason(status: number): string {
  return STATUS_CODES[status] ?? 'Unknown';
}

function html(status: number): string {
  const title = `${status} ${reason(status)}`;
  return (
    `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n` +
    `<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`
  );
}
