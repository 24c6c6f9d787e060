package storage

import "teahouse/app/chat"

// The keys, as redis-cli shows them. The braces are the cluster's hash tags:
// all keys of one room share a slot, and so do those of one user.
const (
	keyTotalUsers = "total_users"
	keyTotalRooms = "total_rooms"
	keyRooms      = "rooms"
	keyHostKey    = "host_key"
	keyDoorSalt   = "door_salt"

	keyImport      = "import"
	keyImportLease = "import:lease"

	keyHouse          = "chat:{house}"
	keyHouseSanctions = "chat:{house}:sanctions"
	keyHouseAudit     = "chat:{house}:audit"
	keyHouseFeed      = "chat:{house}:feed"
)

func keyUser(id chat.UserID) string        { return "user:{" + id.String() + "}" }
func keyUserKeys(id chat.UserID) string    { return keyUser(id) + ":keys" }
func keyUserBack(id chat.UserID) string    { return keyUser(id) + ":back" }
func keyUserRooms(id chat.UserID) string   { return keyUser(id) + ":rooms" }
func keyUserDrafts(id chat.UserID) string  { return keyUser(id) + ":drafts" }
func keyUserIgnored(id chat.UserID) string { return keyUser(id) + ":ignored" }
func keyUserMuted(id chat.UserID) string   { return keyUser(id) + ":muted" }
func keyUserInvites(id chat.UserID) string { return keyUser(id) + ":invites" }
func keyUserRead(id chat.UserID) string    { return keyUser(id) + ":read" }
func keyUserFeed(id chat.UserID) string    { return keyUser(id) + ":feed" }
func keyUsername(n chat.Name) string       { return keyFoldedUsername(n.Fold()) }
func keyFoldedUsername(n string) string    { return "username:" + n }
func keyLink(secret string) string         { return "link:" + secret }
func keyPlace(secret string) string        { return "place:" + secret }
func keyDoor(door string) string           { return "door:" + door }
func keyKey(fingerprint string) string     { return "key:" + fingerprint }

func keyRoom(id chat.RoomID) string        { return "room:{" + string(id) + "}" }
func keyRoomMeta(id chat.RoomID) string    { return keyRoom(id) + ":meta" }
func keyRoomHead(id chat.RoomID) string    { return keyRoom(id) + ":head" }
func keyRoomChanges(id chat.RoomID) string { return keyRoom(id) + ":changes" }
func keyRoomMembers(id chat.RoomID) string { return keyRoom(id) + ":members" }
func keyRoomFeed(id chat.RoomID) string    { return keyRoom(id) + ":feed" }
func keyRoomJoined(id chat.RoomID) string  { return keyRoom(id) + ":joined" }
func keyRoomPins(id chat.RoomID) string    { return keyRoom(id) + ":pins" }
func keyRoomSanctions(id chat.RoomID) string {
	return keyRoom(id) + ":sanctions"
}
func keyRoomName(n chat.Name) string    { return keyFoldedRoomName(n.Fold()) }
func keyFoldedRoomName(n string) string { return "roomname:" + n }

// keyRoomPost holds the answer to a post, or to another change, until nobody asks for it again.
func keyRoomPost(id chat.RoomID, client string) string {
	return keyRoom(id) + ":post:" + client
}

// keyRoomSlow holds when somebody wrote last in a room in slow mode.
func keyRoomSlow(id chat.RoomID, user chat.UserID) string {
	return keyRoom(id) + ":slow:" + user.String()
}

// Who is here hangs on general.
var (
	keyLeases = keyRoom(chat.General) + ":leases"
	keyCounts = keyRoom(chat.General) + ":sessions"
	keyAway   = keyRoom(chat.General) + ":away"
)

func keyLease(lease string) string { return keyRoom(chat.General) + ":lease:" + lease }
