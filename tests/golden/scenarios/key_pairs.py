"""Key pairs: made, brought along, shown, deleted."""

import base64

import world
from client import filters
from world import launch, tag_specification

PUBLIC = base64.b64encode(
    b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGk3mkCOIpgXCS8U1xk2xXbx0UG6dE5mMe8aiCwPOIHI tester"
).decode()
NO_PAIR = "key-0123456789abcdef0"


def key_pairs(emulator):
    me, other = emulator.me, emulator.other
    me.dry("CreateKeyPair", KeyName="made")
    me("CreateKeyPair", KeyName="made", KeyType="rsa", KeyFormat="pem",
       TagSpecification=[tag_specification("key-pair", of="test")])
    me.brief("CreateKeyPair", KeyName="for-putty", KeyType="ed25519", KeyFormat="ppk")
    for wrong in ({"KeyName": "made"}, {"KeyName": " made"}, {"KeyName": "x" * 256}, {},
                  {"KeyName": "x", "KeyType": "dsa"}):
        me.refused("CreateKeyPair", wrong)
    me.dry("ImportKeyPair", KeyName="own", PublicKeyMaterial=PUBLIC)
    own = me("ImportKeyPair", KeyName="own", PublicKeyMaterial=PUBLIC,
             TagSpecification=[tag_specification("key-pair", of="test")])["keyPairId"]
    for wrong in ({"KeyName": "own", "PublicKeyMaterial": PUBLIC},
                  {"KeyName": "x", "PublicKeyMaterial": base64.b64encode(b"x").decode()},
                  {"KeyName": "x"}):
        me.refused("ImportKeyPair", wrong)
    me.dry("DescribeKeyPairs")
    me("DescribeKeyPairs", KeyName=["own"])
    me("DescribeKeyPairs", KeyPairId=[own], IncludePublicKey=True)
    me.brief("DescribeKeyPairs", **filters(key_name="o*"))
    for wrong in ({"KeyName": ["none"]}, {"KeyPairId": [NO_PAIR]}, {"KeyPairId": ["x"]}):
        me.refused("DescribeKeyPairs", wrong)
    other.refused("DescribeKeyPairs", KeyPairId=[own])
    image = world.image(me, "own")
    me("RunInstances", launch(image, KeyName="own"))
    windows = world.public_image(me, world.WINDOWS)
    me.refused("RunInstances", launch(windows, InstanceType="m5.large", KeyName="own"))
    me.dry("DeleteKeyPair", KeyName="own")
    me("DeleteKeyPair", KeyName="own")
    me("DeleteKeyPair", KeyName="own")
    me("DeleteKeyPair", KeyPairId=NO_PAIR)
    me.refused("DeleteKeyPair")
    me.refused("DeleteKeyPair", KeyPairId="x")


SCENARIOS = {"key_pairs": key_pairs}
