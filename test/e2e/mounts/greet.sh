#!/bin/sh
echo greeted
