export { Chain, type ChannelMessage } from './chain.ts';
export { Client, type ClientOptions } from './client.ts';
export {
  type Answer,
  Connection,
  ConnectionLost,
  type ConnectOptions,
  connect,
  type Failure,
  type StreamMessage,
} from './connection.ts';
export { type HttpClient, HttpError, http } from './http.ts';
export { openWebSocket, type WebSocketClient, type WebSocketHandler } from './webSocketClient.ts';
