import uWS from '../dist/gateway/uws.js';

/** The limit of what the sockets can do: the same frames, sent back untouched, by the same server library. */
const app = uWS.App().ws('/ws/v1', {
  maxPayloadLength: 16 * 1024,
  idleTimeout: 120,
  compression: uWS.DISABLED,
  message: (socket, message) => {
    socket.send(message, false);
  },
});
app.listen('127.0.0.1', 0, (listening) => {
  process.stdout.write(`BRIER_READY {"url":"http://127.0.0.1:${uWS.us_socket_local_port(listening)}"}\n`);
});
