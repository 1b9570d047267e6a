export { handshakeOf } from './handshake.js';
export type { DoorPlan, LiveDoor } from './live-door.js';
export { LiveDoors } from './live-doors.js';
export type { LiveSocket } from './live-socket.js';
export { RealtimeModule } from './realtime.module.js';
export { SocketIoAdapter } from './socket-io-adapter.js';
