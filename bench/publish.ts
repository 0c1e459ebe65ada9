import uWS from '../dist/gateway/uws.js';

/** The limit of what a fan-out can do: who asks listens, everything else that comes is published as it is. */
const TOPIC = 'book';
const REQUEST = Buffer.from('{"id":');
const app = uWS.App().ws('/ws/v1', {
  maxPayloadLength: 16 * 1024,
  idleTimeout: 120,
  compression: uWS.DISABLED,
  message: (socket, message) => {
    const text = Buffer.from(message);
    if (text.subarray(0, REQUEST.length).equals(REQUEST)) {
      socket.subscribe(TOPIC);
      socket.send('{"id":1,"ok":true}', false);
    } else app.publish(TOPIC, text, false);
  },
});
app.listen('127.0.0.1', 0, (listening) => {
  process.stdout.write(`BRIER_READY {"url":"http://127.0.0.1:${uWS.us_socket_local_port(listening)}"}\n`);
});
