package command

import "teahouse/app/chat"

// EventOf is what tail --json calls a turn of a room, or a change of a message.
func EventOf[T chat.Turn | chat.Act](of T) string {
	if act, ok := any(of).(chat.Act); ok {
		return changeEvent(act)
	}
	return turnEvent(chat.Turn(of))
}
